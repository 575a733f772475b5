package watch

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// explainLimit turns the system's "no space left on device" and "too many open files" into what is meant by them.
func explainLimit(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return limitError("folders", "fs.inotify.max_user_watches", 524288, err)
	case errors.Is(err, syscall.EMFILE):
		return limitError("watchers", "fs.inotify.max_user_instances", 1024, err)
	}
	return err
}

func limitError(what, sysctl string, enough int, err error) error {
	current := ""
	if b, readErr := os.ReadFile("/proc/sys/" + strings.ReplaceAll(sysctl, ".", "/")); readErr == nil {
		current = " (now " + strings.TrimSpace(string(b)) + ")"
	}
	return fmt.Errorf("all watched %s that this machine allows a user are taken; raise %s%s: sudo sysctl %s=%d: %w",
		what, sysctl, current, sysctl, enough, err)
}
