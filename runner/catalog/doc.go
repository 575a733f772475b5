// Package catalog reads manifests: kernel.toml says what a kernel is, what it
// needs and how it boots; app.toml says what an app is built from.
//
// What lives here is the form of the manifests and the search for them. What must
// not live here: anything that is done with them (packages provision, build and
// runner).
package catalog
