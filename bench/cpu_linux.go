package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// onCore is the variable that says that a process was started on one core.
const onCore = "PAYTRACE_FLOOR_CORE"

// pinned starts this program anew on one core, once; all that it starts then
// stays there too. Go counts its cores when it starts, so pinning later would
// leave it with threads for cores it has not.
func pinned() error {
	if os.Getenv(onCore) != "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	core := runtime.NumCPU() - 1
	var mask [16]uint64
	mask[core/64] = 1 << (core % 64)
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
	if errno != 0 {
		return fmt.Errorf("stay on core %d: %w", core, errno)
	}
	return syscall.Exec(self, os.Args, append(os.Environ(), onCore+"="+strconv.Itoa(core)))
}

// cpu is the time that a process has spent on a core, over all its threads.
// Source: Documentation/scheduler/sched-stats.rst, "/proc/<pid>/schedstat".
func cpu(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended in between
		}
		first, _, _ := strings.Cut(string(b), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		sum += time.Duration(ns)
	}
	if sum == 0 {
		return 0, fmt.Errorf("process %d has spent no time, or this kernel keeps no schedstat", pid)
	}
	return sum, nil
}
