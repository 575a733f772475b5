package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"slipway/runner/provision"
	"slipway/runner/qemu"
)

// Provision brings a kernel onto this machine; its progress is shown in the
// kernel's entry.
func (s *Session) Provision(kernel string) {
	s.mu.Lock()
	if s.cancels[kernel] != nil {
		s.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.cancels[kernel] = cancel
	s.mu.Unlock()
	s.run(func(context.Context) {
		defer cancel()
		_, err := s.runner.Provision(ctx, kernel, func(p provision.Progress) { s.showProvisioning(kernel, p) })
		s.mu.Lock()
		delete(s.cancels, kernel)
		s.mu.Unlock()
		s.provisioned(kernel)
		s.serveAwaiting(kernel, err)
		switch {
		case err == nil:
			s.board.notice(Good, kernel+" is ready")
		case errors.Is(err, context.Canceled):
			s.board.notice(Info, "provisioning of "+kernel+" was cancelled: nothing is left of it")
		default:
			s.board.problem(provisionProblem(kernel, err))
		}
	})
}

func provisionProblem(kernel string, err error) Problem {
	return Problem{What: fmt.Sprintf("provision %s: %v", kernel, err), Kernel: kernel}
}

// present returns the guests whose kernel is on this machine or is built here.
// The kernels of the others are fetched first, which may take minutes: nobody
// else waits for that.
func (s *Session) present(guests []*guest) []*guest {
	var here []*guest
	for _, g := range guests {
		if s.mustFetch(g.target.Kernel) {
			g.await()
			s.Provision(g.target.Kernel)
		} else {
			g.served()
			here = append(here, g)
		}
	}
	return here
}

func (s *Session) mustFetch(kernel string) bool {
	k, err := s.runner.Catalog().Kernel(kernel)
	if err != nil || k.Provision.Package == "" && k.Provision.URL == "" {
		return false
	}
	status := s.runner.Status(k)
	return !status.Ready && len(status.Missing) == 0 // what is missing is told by the build
}

// serveAwaiting goes on with the guests that waited for a kernel.
func (s *Session) serveAwaiting(kernel string, err error) {
	for _, g := range s.guestsOf([]string{kernel}) {
		switch {
		case !g.served():
		case err == nil:
			s.loop.ask(request{kernels: []string{kernel}})
		case errors.Is(err, context.Canceled):
			g.publish(func(v *Guest) { v.Phase = GuestIdle })
		default:
			p := provisionProblem(kernel, err)
			p.At = s.options.Now()
			g.publish(func(v *Guest) { v.Phase, v.Problem = GuestFailed, &p })
		}
	}
}

// CancelProvision ends a Provision under way.
func (s *Session) CancelProvision(kernel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[kernel]; cancel != nil {
		cancel()
	}
}

// RemoveKernel deletes what Provision brought; provisioning it again brings it
// back. A kernel that is in use stays.
func (s *Session) RemoveKernel(kernel string) {
	s.mu.Lock()
	used := slices.Contains(s.marked, kernel) || s.cancels[kernel] != nil
	s.mu.Unlock()
	if used {
		s.board.notice(Warn, kernel+" is in use: take its mark away first, then remove it")
		return
	}
	s.run(func(context.Context) {
		if err := s.runner.Remove(kernel); err != nil {
			s.board.problem(Problem{What: fmt.Sprintf("remove %s: %v", kernel, err), Kernel: kernel})
			return
		}
		s.provisioned(kernel)
		s.board.notice(Good, kernel+" is removed from the cache; p brings it back")
	})
}

func (s *Session) showProvisioning(kernel string, p provision.Progress) {
	s.board.kernel(kernel, func(k *Kernel) {
		started := time.Now()
		if k.Provisioning != nil {
			started = k.Provisioning.Started
		}
		k.Provisioning = &Progress{Step: p.Step, Done: p.Done, Total: p.Total, Started: started}
	})
}

// provisioned shows a kernel's entry as it is after an attempt to provision it.
func (s *Session) provisioned(kernel string) {
	k, err := s.runner.Catalog().Kernel(kernel)
	if err != nil {
		return
	}
	now := s.describe(k)
	s.board.kernel(kernel, func(v *Kernel) {
		now.Marked = v.Marked
		*v = now
	})
}

// showAccelerator shows what guests run on. A native process says nothing about it.
func (s *Session) showAccelerator(a qemu.Accelerator) {
	if a.Name == qemu.Native {
		return
	}
	s.board.update(func(st *State) {
		st.Accelerator = Accelerator{Name: string(a.Name), Reason: a.Reason, Evidence: a.Evidence, Fixes: a.Fixes}
	})
}
