package dialscript

import "github.com/paytrace/paytrace/engine"

// NamedScreens returns the screens that calls to these service codes name with
// "(screen is NAME)", and where.
func NamedScreens(f *File, codes []string) map[string][]engine.Pos {
	named := map[string][]engine.Pos{}
	for i := range f.Calls {
		ours := false
		for _, s := range f.Calls[i].Steps {
			typed, err := s.Input.fill(nil)
			if code, dials := Dialled(typed); err == nil && s.Redial == nil && dials {
				ours = begun(codes, code)
			}
			for _, d := range s.Directions {
				if ours && d.Kind == ScreenIs {
					named[d.Name] = append(named[d.Name], d.Pos)
				}
			}
		}
	}
	return named
}
