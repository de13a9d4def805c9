package servers

// DataDir is where a server keeps its data.
func DataDir(s *Server) string { return s.program.dir }
