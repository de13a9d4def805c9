package servers

// DataDir returns the folder of a server's data.
func DataDir(s *Server) string { return s.program.dir }
