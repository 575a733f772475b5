package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"slipway/benchmarks/store"
)

// Bounds of what is read of the sources of a run. The store keeps less.
const (
	maxSourceFiles = 5000
	maxSourceBytes = 1 << 20 // of a file
	maxDiffFiles   = 200
	maxTreeLines   = 5000 // of all diffs together
)

// keptSources reads the sources that were kept with a run; nil where none were.
func keptSources(history *store.Store, id string) (map[string][]byte, error) {
	root, err := os.OpenRoot(history.SourcesPath(id)) // no link in it leads anywhere else
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close() //nolint:errcheck // nothing was written
	files := map[string][]byte{}
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if len(files) >= maxSourceFiles {
			return fmt.Errorf("there are more than %d", maxSourceFiles)
		}
		f, err := root.Open(path)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(io.LimitReader(f, maxSourceBytes))
		files[path] = data
		return errors.Join(err, f.Close())
	})
	return files, err
}

// maxTwins is how many runs of one image are looked at for sources.
const maxTwins = 100

// twinSources finds sources that were kept with another run of the same image. The
// rounds after a save boot the image before it too, whose sources are no longer there to
// be kept; the boot that was watched then has them.
func twinSources(history *store.Store, r store.Run) (files map[string][]byte, twin string) {
	if r.Image.Hash == "" {
		return nil, ""
	}
	list, err := history.List(store.Filter{Image: r.Image.Hash, App: r.Target.App}, maxTwins)
	if err != nil {
		return nil, "" // the note that none were kept says enough
	}
	for _, other := range list {
		files, err := keptSources(history, other.ID)
		if err == nil && files != nil && (hashOf(files[appManifest]) == r.Manifests.App || r.Manifests.App == "") {
			return files, other.ID
		}
	}
	return nil, ""
}

// sourceSections compares what was built: the sources, the app's manifest and the
// kernel's. It reports whether the sources are known; notes say what is not.
func (d *RunDiff) sourceSections(history *store.Store, a, b store.Run) (known bool) {
	var kept [2]map[string][]byte
	known = true
	for i, r := range []store.Run{a, b} {
		files, err := keptSources(history, r.ID)
		if files == nil && err == nil {
			var twin string
			if files, twin = twinSources(history, r); twin != "" {
				d.note("the sources of run %s are those of run %s, which booted the same image", r.ID, twin)
			}
		}
		switch {
		case err != nil:
			d.note("the sources of run %s can't be read: %v", r.ID, err)
			known = false
		case files == nil && r.Kind == store.Imported:
			known = false
		case files == nil && r.Target.App != "":
			d.note("the sources of run %s were not kept: they changed before it ended", r.ID)
			known = false
		}
		kept[i] = files
	}
	manifests := [2][]byte{kept[0][appManifest], kept[1][appManifest]}
	delete(kept[0], appManifest)
	delete(kept[1], appManifest)
	switch {
	case known && a.Target.App != b.Target.App:
		d.note("the sources are those of two apps, %s and %s, and are not compared", a.Target.App, b.Target.App)
	case known:
		d.section(DiffSection{Name: "source", Title: "source", Files: diffTrees(kept[0], kept[1])})
	case a.Image.AppHash == "" || b.Image.AppHash == "": // nobody knows what was built
	case a.Image.AppHash == b.Image.AppHash:
		d.note("both ran the same program")
	default:
		d.Sections = append(d.Sections, DiffSection{Name: "source", Title: "source", Rows: []Difference{shortHashes("program", a.Image.AppHash, b.Image.AppHash)}})
	}
	d.manifest("app manifest", appManifest, a.Manifests.App, b.Manifests.App, manifests, a.Target.App == b.Target.App)
	d.manifest("kernel manifest", "kernel.toml", a.Manifests.Kernel, b.Manifests.Kernel,
		[2][]byte{kernelManifest(history, a.ID), kernelManifest(history, b.ID)}, a.Target.Kernel == b.Target.Kernel)
	return known
}

const appManifest = "app.toml"

func kernelManifest(history *store.Store, id string) []byte {
	f, err := os.Open(history.ManifestPath(id))
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSourceBytes))
	if err != nil {
		return nil
	}
	return text
}

// manifest compares the texts of two manifests where both are those that the hashes
// were made of, else the hashes.
func (d *RunDiff) manifest(title, file, hashA, hashB string, texts [2][]byte, comparable bool) {
	s := DiffSection{Name: title, Title: title}
	switch {
	case !comparable:
		return // it is another one's
	case hashA == hashB:
	case hashA == "" || hashB == "": // of a file: there never was a text
		s.Rows = []Difference{shortHashes("hash", hashA, hashB)}
	case hashOf(texts[0]) == hashA && hashOf(texts[1]) == hashB:
		s.Files = []FileDiff{diffFile(file, texts[0], texts[1])}
	default:
		s.Rows = []Difference{shortHashes("hash", hashA, hashB)}
		d.note("what changed in %s is not known: its text was not kept with both runs", file)
	}
	d.section(s)
}

func hashOf(text []byte) string {
	if text == nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// diffTrees compares two folders, file by file.
func diffTrees(a, b map[string][]byte) []FileDiff {
	var diffs []FileDiff
	over, lines := 0, 0
	paths := slices.Sorted(maps.Keys(a))
	for path := range b {
		if _, ok := a[path]; !ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		x, inA := a[path]
		y, inB := b[path]
		if inA && inB && bytes.Equal(x, y) {
			continue
		}
		if len(diffs) >= maxDiffFiles {
			over++
			continue
		}
		f := diffFile(path, x, y)
		if lines += len(f.Lines); lines > maxTreeLines {
			f.Lines, f.Note = nil, "too much differs for this to be shown"
		}
		diffs = append(diffs, f)
	}
	if over > 0 {
		last := &diffs[len(diffs)-1]
		last.Note = fmt.Sprintf("%d more files differ and are not shown", over)
	}
	return diffs
}
