package session

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"slipway/runner/catalog"
	"slipway/runner/process"
)

// MaxGuests is how many kernels can be marked at once: what a grid of consoles
// shows and a comparison table holds.
const MaxGuests = 6

// Mark puts a kernel among those that every save builds and boots, or takes it
// away. Marking one builds and boots it at once if an app is selected.
func (s *Session) Mark(kernel string, on bool) {
	s.mu.Lock()
	marked := slices.Contains(s.marked, kernel)
	if marked == on {
		s.mu.Unlock()
		return
	}
	if _, err := s.runner.Catalog().Kernel(kernel); on && err != nil {
		s.mu.Unlock()
		s.board.notice(Bad, err.Error())
		return
	}
	if on && len(s.marked) >= MaxGuests {
		s.mu.Unlock()
		s.board.notice(Warn, fmt.Sprintf("%d kernels are marked already: unmark one first", MaxGuests))
		return
	}
	if on {
		s.marked = append(s.marked, kernel)
		if s.baseline == "" {
			s.baseline = kernel
		}
	} else {
		s.marked = slices.DeleteFunc(slices.Clone(s.marked), func(k string) bool { return k == kernel })
		if s.baseline == kernel {
			s.baseline = ""
			if len(s.marked) > 0 {
				s.baseline = s.marked[0]
			}
		}
	}
	s.mu.Unlock()
	s.arrange()
	if o := s.board.state().Opened; o == nil || !o.Asked {
		s.openNewest()
	}
	switch {
	case on:
		s.loop.ask(request{kernels: []string{kernel}})
	case s.timing():
		s.loop.ask(request{timing: true}) // of those that are still marked
	}
	s.showComparison()
}

// timing says whether timed rounds are under way.
func (s *Session) timing() bool {
	e := s.board.state().Experiment
	return e != nil && e.Running
}

// SetBaseline chooses the marked kernel that the others are compared with.
func (s *Session) SetBaseline(kernel string) {
	s.mu.Lock()
	ok := slices.Contains(s.marked, kernel)
	if ok {
		s.baseline = kernel
	}
	s.mu.Unlock()
	if !ok {
		s.board.notice(Warn, kernel+" is not marked: mark it first, then make it the baseline")
		return
	}
	s.board.update(func(st *State) { st.Baseline = kernel })
	s.saveSelection()
	s.showComparison()
}

// SelectApp chooses the app that is edited, built and booted. The marked
// kernels build and boot it at once.
func (s *Session) SelectApp(name string) {
	a, err := s.runner.Catalog().Sources(name)
	if err != nil {
		s.board.notice(Bad, err.Error())
		return
	}
	s.mu.Lock()
	same := s.app == a.Name
	s.app = a.Name
	if !same {
		s.settings.Params = nil // they were the other app's
	}
	s.mu.Unlock()
	s.arrange()
	if !same {
		s.showSettings()
		s.forgetTimed()
		s.openNewest()
		s.loop.ask(request{})
	}
}

// arrange makes guests, watchers and what is shown fit the selection.
func (s *Session) arrange() {
	s.arranging.Lock()
	defer s.arranging.Unlock()
	guests, gone := s.chooseGuests()
	for _, g := range gone {
		g.leave()
	}
	s.mu.Lock()
	app, baseline, marked, settings := s.app, s.baseline, slices.Clone(s.marked), s.settings
	s.mu.Unlock()
	s.board.update(func(st *State) {
		before := st.Guests
		st.App, st.Baseline, st.Guests = app, baseline, nil
		for _, g := range guests {
			if i := slices.IndexFunc(before, func(v Guest) bool { return v.Screen == g.screen }); i >= 0 {
				st.Guests = append(st.Guests, before[i])
			} else {
				st.Guests = append(st.Guests, g.public(settings))
			}
		}
		if !slices.EqualFunc(before, st.Guests, func(a, b Guest) bool { return a.ID == b.ID }) {
			// They belong to guests by their order. What still holds is compared anew.
			st.Comparison, st.SaveComparisons, st.Outdated = nil, nil, false
		}
		st.Kernels = slices.Clone(st.Kernels)
		for i := range st.Kernels {
			st.Kernels[i].Marked = slices.Contains(marked, st.Kernels[i].Name)
		}
		// Only their marks kept these in sight; see showCatalog.
		st.Kernels = slices.DeleteFunc(st.Kernels, func(k Kernel) bool { return k.Broken && k.Origin == "" && !k.Marked })
	})
	s.watched.refresh()
	s.showFiles()
	s.saveSelection()
}

// chooseGuests makes the guests that the selection asks for, in the order of
// marking, and returns those that it asks for no longer.
func (s *Session) chooseGuests() (guests, gone []*guest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[string]*guest{}
	for _, kernel := range s.marked {
		if s.app == "" {
			break
		}
		id := kernel + "/" + s.app
		g := s.guests[id]
		if g == nil {
			g = newGuest(s, kernel, s.app)
		}
		wanted[id] = g
		guests = append(guests, g)
	}
	for id, g := range s.guests {
		if wanted[id] != g {
			gone = append(gone, g)
		}
	}
	s.guests = wanted
	return guests, gone
}

// guestsOf returns the guests of some kernels, or of all marked ones for nil,
// in the order of marking.
func (s *Session) guestsOf(kernels []string) []*guest {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*guest
	for _, kernel := range s.marked {
		if kernels != nil && !slices.Contains(kernels, kernel) {
			continue
		}
		if g := s.guests[kernel+"/"+s.app]; g != nil {
			list = append(list, g)
		}
	}
	return list
}

func (s *Session) guest(id string) *guest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guests[id]
}

// Boot builds and boots one guest anew, or all of them for "".
func (s *Session) Boot(id string) {
	if id == "" {
		s.BootAll()
		return
	}
	if g := s.guest(id); g != nil {
		g.replace()
		s.loop.ask(request{kernels: []string{g.target.Kernel}})
	}
}

// BootAll builds and boots all marked kernels anew.
func (s *Session) BootAll() {
	for _, g := range s.guestsOf(nil) {
		g.replace()
	}
	s.loop.ask(request{})
}

// Rebuild does what a save does.
func (s *Session) Rebuild() { s.loop.ask(request{save: true}) }

// Stop ends a guest's boot, or all of them for "".
func (s *Session) Stop(id string) {
	for _, g := range s.guestsOf(nil) {
		if id == "" || g.id == id {
			g.cutBuild(errStopped)
			g.stop(errStopped.Error())
		}
	}
}

// Send hands keys to a guest. Keys for a guest that does not read are dropped
// once its queue is full.
func (s *Session) Send(id string, p []byte) {
	if g := s.guest(id); g != nil {
		g.send(p)
	}
}

// Resize gives a guest's console the size of its pane, in cells.
func (s *Session) Resize(id string, cols, rows int) {
	if g := s.guest(id); g != nil && cols > 0 && rows > 0 {
		g.resize(process.Size{Cols: cols, Rows: rows})
	}
}

// showFiles shows the selected app's files.
func (s *Session) showFiles() {
	s.listing.Lock()
	defer s.listing.Unlock()
	s.mu.Lock()
	name := s.app
	s.mu.Unlock()
	var files []File
	if name != "" {
		a, err := s.runner.Catalog().Sources(name)
		if err == nil {
			files, err = listFiles(a)
		}
		if err != nil && !errors.Is(err, catalog.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) { // its folder may come back
			s.board.problem(Problem{What: err.Error()})
		}
	}
	s.board.update(func(st *State) { st.Files = files })
}

// showCatalog shows the kernels and apps of the catalogue in force, and what is
// wrong with the manifests that could not be read.
func (s *Session) showCatalog(problems []error) {
	s.arranging.Lock() // marks do not change between looking at them and showing them
	defer s.arranging.Unlock()
	loaded := s.runner.Catalog()
	s.mu.Lock()
	marked := slices.Clone(s.marked)
	s.mu.Unlock()
	var kernels []Kernel
	for _, k := range loaded.Kernels() {
		v := s.describe(k)
		v.Marked = slices.Contains(marked, k.Name)
		kernels = append(kernels, v)
	}
	for _, b := range loaded.BrokenKernels() {
		kernels = append(kernels, Kernel{
			Name: b.Name, Origin: string(b.Origin), About: b.Err.Error(), Broken: true, Marked: slices.Contains(marked, b.Name),
		})
	}
	for _, name := range marked {
		// Its folder has gone. It stays in sight, so that the mark can be taken away.
		if !slices.ContainsFunc(kernels, func(k Kernel) bool { return k.Name == name }) {
			kernels = append(kernels, Kernel{Name: name, About: "its folder is gone: bring it back, or take the mark away", Broken: true, Marked: true})
		}
	}
	slices.SortFunc(kernels, func(a, b Kernel) int { return strings.Compare(a.Name, b.Name) })
	var list []App
	for _, a := range loaded.Apps() {
		v := App{Name: a.Name, About: a.About, Origin: string(a.Origin), Dir: a.Dir}
		for _, p := range a.Params {
			v.Params = append(v.Params, Param{Name: p.Name, Value: p.Value})
		}
		list = append(list, v)
	}
	for _, b := range loaded.BrokenApps() {
		list = append(list, App{Name: b.Name, Origin: string(b.Origin), Dir: b.Dir, About: b.Err.Error(), Broken: true})
	}
	slices.SortFunc(list, func(a, b App) int { return strings.Compare(a.Name, b.Name) })
	stands := func(p Problem) bool {
		return slices.ContainsFunc(problems, func(err error) bool { return err.Error() == p.What })
	}
	s.board.update(func(st *State) {
		for i := range kernels {
			if at := slices.IndexFunc(st.Kernels, func(o Kernel) bool { return o.Name == kernels[i].Name }); at >= 0 {
				kernels[i].Provisioning = st.Kernels[at].Provisioning
			}
		}
		st.Kernels, st.Apps = kernels, list
		st.Problems = slices.DeleteFunc(slices.Clone(st.Problems), func(p Problem) bool { return p.Manifest && !stands(p) })
	})
	for _, err := range problems {
		p := Problem{What: err.Error(), Manifest: true}
		if !slices.ContainsFunc(s.board.state().Problems, func(o Problem) bool { return o.What == p.What }) {
			s.board.problem(p)
		}
	}
}

// describe is a kernel's entry with what is ready and missing on this machine.
func (s *Session) describe(k *catalog.Kernel) Kernel {
	status := s.runner.Status(k)
	v := Kernel{
		Name: k.Name, Family: k.Family, Arch: k.Arch, Interface: k.Interface, Version: status.Version,
		Licence: k.Licence, Homepage: k.Homepage, About: k.About, Limits: k.Limits, Origin: string(k.Origin),
		Experimental: k.Experimental, Machines: k.Boot.Machines, Memory: k.Boot.Memory,
		Provisioned: status.Ready, Ready: status.Ready && len(status.Missing) == 0,
		Command: "slipway boot -k " + k.Name,
	}
	for _, m := range status.Missing {
		v.Missing = append(v.Missing, Missing{Need: m.Need, Fix: m.Fix})
	}
	if strings.TrimSpace(v.Version) == "" {
		v.Version = k.Provision.Version
	}
	return v
}
