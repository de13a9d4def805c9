package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
)

// sbom returns the bill of materials of the program in the form of CycloneDX. It is the
// same for the same modules: it has no time and no random serial number.
func sbom(linked []module) (*cyclonedx.BOM, error) {
	bom := cyclonedx.NewBOM()
	var components []cyclonedx.Component
	var graph []cyclonedx.Dependency
	refs := map[string]string{}
	for _, m := range linked {
		refs[m.Path] = m.purl()
	}
	for _, m := range linked {
		c := cyclonedx.Component{
			BOMRef: m.purl(), Type: cyclonedx.ComponentTypeLibrary, Name: m.Path, Version: m.version(), PackageURL: m.purl(),
		}
		if m.Sum != "" {
			sum, err := fileHash(m.Sum)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", m.Path, m.Version, err)
			}
			c.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: sum}}
		}
		if len(m.Licences) > 0 {
			c.Licenses = &cyclonedx.Licenses{}
			for _, name := range m.Licences {
				*c.Licenses = append(*c.Licenses, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: name}})
			}
		}
		uses := []string{}
		for _, path := range m.Uses {
			uses = append(uses, refs[path])
		}
		graph = append(graph, cyclonedx.Dependency{Ref: c.BOMRef, Dependencies: &uses})
		if m.Main {
			c.Type, c.Name = cyclonedx.ComponentTypeApplication, "paytrace"
			bom.Metadata = &cyclonedx.Metadata{Component: &c}
			continue
		}
		components = append(components, c)
	}
	if bom.Metadata == nil {
		return nil, errors.New("the project itself is not among the modules")
	}
	bom.Components, bom.Dependencies = &components, &graph
	return bom, nil
}

// version returns the module's version, and that of Go for the standard library.
func (m module) version() string {
	if m.Path == standardLibrary {
		return strings.TrimPrefix(runtime.Version(), "go")
	}
	return m.Version
}

// purl returns the module's package URL.
func (m module) purl() string {
	if v := m.version(); v != "" {
		return "pkg:golang/" + m.Path + "@" + v
	}
	return "pkg:golang/" + m.Path
}

// fileHash returns the SHA-256 in a sum of go.sum as hexadecimal digits.
func fileHash(sum string) (string, error) {
	coded, ok := strings.CutPrefix(sum, "h1:")
	if !ok {
		return "", fmt.Errorf("found the sum %q, expected one that begins with h1:", sum)
	}
	raw, err := base64.StdEncoding.DecodeString(coded)
	return hex.EncodeToString(raw), err
}

// writeSBOM writes the bill of materials of a version of the program.
func writeSBOM(linked []module, file, version string) error {
	for i := range linked {
		if linked[i].Main {
			linked[i].Version = version
		}
	}
	bom, err := sbom(linked)
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	encoder := cyclonedx.NewBOMEncoder(f, cyclonedx.BOMFileFormatJSON).SetPretty(true)
	return errors.Join(encoder.EncodeVersion(bom, cyclonedx.SpecVersion1_6), f.Close())
}
