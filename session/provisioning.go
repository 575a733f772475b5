package session

import (
	"context"
	"errors"
	"fmt"
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
		switch {
		case err == nil:
			s.board.notice(Good, kernel+" is ready")
		case errors.Is(err, context.Canceled):
			s.board.notice(Info, "provisioning of "+kernel+" was cancelled: nothing is left of it")
		default:
			s.board.problem(Problem{What: fmt.Sprintf("provision %s: %v", kernel, err), Kernel: kernel})
		}
	})
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
// back.
func (s *Session) RemoveKernel(kernel string) {
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
		st.Accelerator = Accelerator{Name: string(a.Name), Reason: a.Reason, Fixes: a.Fixes}
	})
}
