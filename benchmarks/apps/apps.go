// Package apps holds the app suite: C sources with their manifests, the header
// that all of them may include, and the template for an app of the user's.
//
// What must not live here: how apps are built (package build) or what their
// figures mean (package benchmarks).
package apps

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed hello nbody memory syscalls jitter
var suite embed.FS

//go:embed include
var include embed.FS

//go:embed template
var template embed.FS

// FS is the suite: a folder for each app.
func FS() fs.FS { return suite }

// Include is the folder of headers.
func Include() fs.FS { return sub(include, "include") }

// Template is the folder that a new app begins with. The word SLIPWAY_APP_NAME
// in its files stands for the app's name.
func Template() fs.FS { return sub(template, "template") }

func sub(tree embed.FS, name string) fs.FS {
	folder, err := fs.Sub(tree, name)
	if err != nil {
		panic(fmt.Sprintf("embedded folder %s: %v", name, err)) // the name is a constant and valid
	}
	return folder
}
