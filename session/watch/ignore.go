package watch

import (
	"path/filepath"
	"strings"
)

// ignoredFolder knows folders that hold no sources: version control, caches, and what builds leave.
func ignoredFolder(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", ".jj", ".bzr", ".slipway",
		"node_modules", "__pycache__", ".cache", ".vscode", ".idea", ".clangd",
		"build", "out", "target":
		return true
	}
	return false
}

// ignoredFile knows files that are never sources: what compilers leave beside them, for a build in place must not start
// the next one, and what editors do while they save. (Temporary files that are gone a moment later need no rule: by
// the time of the comparison they are neither new nor missing.)
func ignoredFile(name string) bool {
	switch {
	case name == "4913", // vim asks with it whether it may write here
		strings.HasSuffix(name, "~"),                                 // backups of most editors
		strings.HasPrefix(name, ".#"),                                // emacs: locks
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#"), // emacs: auto-saves
		strings.HasPrefix(name, ".goutputstream-"),                   // gedit
		strings.Contains(name, "___jb_"):                             // JetBrains
		return true
	}
	switch filepath.Ext(name) {
	case ".o", ".a", ".so", ".lo", ".d", ".gch", ".elf", ".pyc":
		return true
	case ".swp", ".swo", ".swx", ".swpx", ".un~", ".tmp", ".kate-swp", ".bck", ".crswap":
		return true
	}
	return false
}
