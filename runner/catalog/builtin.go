package catalog

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed all:kernels
var kernels embed.FS

// BuiltinKernels is the tree of the kernels that come with Slipway.
func BuiltinKernels() fs.FS {
	tree, err := fs.Sub(kernels, "kernels")
	if err != nil {
		panic(fmt.Sprintf("the embedded kernels: %v", err)) // a constant valid path
	}
	return tree
}
