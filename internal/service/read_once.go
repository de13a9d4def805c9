package service

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// readWithin bounds how long a folder may take to list or to give one file. A disk
// needs milliseconds; only a network folder that has gone away needs longer, and its
// calls would never end.
const readWithin = 3 * time.Second

// maxRead bounds what is read of a file: one byte more than any reader of menus and
// dial scripts takes, so that each sees that a file is too long.
const maxRead = syntax.MaxFileBytes + 1

// errSlow says that a folder does not answer.
var errSlow = syntax.Refused(fmt.Sprintf("its folder did not answer within %v; a network folder may be gone", readWithin))

// readOnce is a folder's file system as its readers see it. It reads regular files
// only, at most maxRead bytes of each, and each once: what a check has seen is what is
// compiled and shown. A named pipe or a device would block its reader for ever.
type readOnce struct {
	from fs.FS
	root *os.Root // nil where from is no folder of the system

	within time.Duration
	frozen bool // only what was read is there

	mu    sync.Mutex
	files map[string]readFile
}

// readFile is what was read of a file.
type readFile struct {
	info fs.FileInfo
	data []byte
	err  error
}

func newReadOnce(root *os.Root) *readOnce {
	return &readOnce{from: root.FS(), root: root, within: readWithin, files: map[string]readFile{}}
}

// Open implements fs.FS.
func (r *readOnce) Open(name string) (fs.File, error) {
	f, err := r.file(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{Reader: bytes.NewReader(f.data), info: f.info}, nil
}

// ReadFile implements fs.ReadFileFS. It refuses a file that is longer than maxRead.
func (r *readOnce) ReadFile(name string) ([]byte, error) {
	f, err := r.file(name)
	if err == nil && len(f.data) >= maxRead {
		err = syntax.Refused(fmt.Sprintf("it has more than %d KB, and no more of a file is read", (maxRead-1)>>10))
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return bytes.Clone(f.data), nil
}

// Stat implements fs.StatFS.
func (r *readOnce) Stat(name string) (fs.FileInfo, error) {
	if r.frozen {
		f, err := r.file(name)
		if err != nil {
			return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
		}
		return f.info, nil
	}
	return inTime(r.within, func() (fs.FileInfo, error) { return fs.Stat(r.from, name) })
}

// ReadDir implements fs.ReadDirFS.
func (r *readOnce) ReadDir(name string) ([]fs.DirEntry, error) {
	return inTime(r.within, func() ([]fs.DirEntry, error) { return fs.ReadDir(r.from, name) })
}

func (r *readOnce) file(name string) (readFile, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, known := r.files[name]
	switch {
	case known:
	case r.frozen:
		return f, fs.ErrNotExist
	default:
		var err error
		f, err = inTime(r.within, func() (readFile, error) { return r.read(name) })
		f.err = err
		r.files[name] = f
	}
	return f, f.err
}

// freeze reads files now. From then on no other file is there.
func (r *readOnce) freeze(names []string) {
	for _, name := range names {
		_, _ = r.file(name) // its error is reported by whoever needs the file
	}
	r.frozen = true
}

// read reads a file that is a regular one before and after it is opened.
func (r *readOnce) read(name string) (f readFile, err error) {
	if f.info, err = fs.Stat(r.from, name); err != nil {
		return f, plainly(err)
	}
	if err := regular(f.info); err != nil {
		return f, err
	}
	file, err := r.open(name)
	if err != nil {
		return f, plainly(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	if f.info, err = file.Stat(); err != nil {
		return f, err
	}
	if err := regular(f.info); err != nil {
		return f, err
	}
	f.data, err = io.ReadAll(io.LimitReader(file, maxRead))
	return f, err
}

// open opens a file without waiting for anybody who writes to it.
func (r *readOnce) open(name string) (fs.File, error) {
	if r.root == nil {
		return r.from.Open(name)
	}
	return r.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// regular returns an error for everything that is no regular file.
func regular(info fs.FileInfo) error {
	kind := "no regular file"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return syntax.Refused("it is " + kind + ", and only regular files are read")
}

// plainly names a link that leads out of the folder.
func plainly(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && path.Err != nil && path.Err.Error() == "path escapes from parent" {
		return syntax.Refused("it is a link that leads out of the folder")
	}
	return err
}

// inTime runs a call of the file system, and leaves it alone where it takes too long:
// nothing can end it.
func inTime[T any](within time.Duration, call func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := call()
		done <- answer{value, err}
	}()
	slow := time.NewTimer(within)
	defer slow.Stop()
	select {
	case a := <-done:
		return a.value, a.err
	case <-slow.C:
		var none T
		return none, errSlow
	}
}

// Stat returns what the system knows of a file, unless its folder does not answer.
func Stat(name string) (fs.FileInfo, error) {
	return inTime(readWithin, func() (fs.FileInfo, error) { return os.Stat(name) })
}

// openFile is a file that was read.
type openFile struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat implements fs.File.
func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close implements fs.File.
func (f *openFile) Close() error { return nil }
