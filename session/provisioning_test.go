package session_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// slowKernel puts a kernel into the project that is fetched from a server which
// sends nothing before it is told to, and then what it is given.
func slowKernel(t *testing.T, s *session.Session, promised string) (send chan<- string) {
	t.Helper()
	bodies, over := make(chan string), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case body := <-bodies:
			fmt.Fprint(w, body)
		case <-r.Context().Done():
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	dir := filepath.Join(s.Folders().ProjectKernels(), "far")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	manifest := fmt.Sprintf(`schema = 1
name = "far"
family = "host"
arch = "x86_64"
interface = "linux-abi"
about = "comes over the network"
[needs]
commands = ["musl-gcc"]
[provision]
url = "%s/far-%d"
sha256 = "%x"
[compile]
cc = "musl-gcc"
flags = ["-static"]
[exit]
by = "process"
`, server.URL, time.Now().UnixNano(), sha256.Sum256([]byte(promised)))
	if err := os.WriteFile(filepath.Join(dir, "kernel.toml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NewApp("reload"); err != nil { // reads the manifests again
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Join(s.Folders().Cache, "kernels", "far")) })
	return bodies
}

func guest(st *session.State, kernel string) session.Guest {
	for _, g := range st.Guests {
		if g.Kernel == kernel {
			return g
		}
	}
	return session.Guest{}
}

// TestNobodyWaitsForAKernelThatIsFetched: one kernel's download must not keep the
// others, nor the saves meanwhile, from being built and booted.
func TestNobodyWaitsForAKernelThatIsFetched(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	s := open(t)
	send := slowKernel(t, s, "a kernel")
	writeApp(t, s, "mine", "#include <stdio.h>\nint main(void) { puts(\"one\"); return 0; }\n")
	s.SelectApp("mine")
	s.Mark("far", true)
	s.Mark("host", true)
	await(t, s, time.Minute, "boot beside a download", func(st *session.State) bool {
		return guest(st, "host").Phase == session.GuestEnded && guest(st, "far").Phase == session.GuestProvisioning
	})
	content, err := s.ReadFile("main.c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WriteFile("main.c", strings.Replace(content.Text, "one", "two", 1), content.Hash); err != nil {
		t.Fatal(err)
	}
	await(t, s, time.Minute, "save beside a download", func(st *session.State) bool {
		g := guest(st, "host")
		return g.Phase == session.GuestEnded && strings.Contains(strings.Join(g.Screen.Snapshot().Text(), " "), "two")
	})
	send <- "a kernel"
	await(t, s, time.Minute, "boot of the kernel that has come", func(st *session.State) bool {
		return guest(st, "far").Phase == session.GuestEnded && guest(st, "far").Outcome == "exit"
	})
}

// TestAKernelThatCannotBeFetchedFailsItsGuest says so at the guest, and lets the
// next attempt mend it.
func TestAKernelThatCannotBeFetchedFailsItsGuest(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	s := open(t)
	send := slowKernel(t, s, "a kernel")
	s.SelectApp("hello")
	s.Mark("far", true)
	send <- "something else"
	st := await(t, s, time.Minute, "failure", func(st *session.State) bool { return guest(st, "far").Phase == session.GuestFailed })
	if p := guest(st, "far").Problem; p == nil || !strings.Contains(p.What, "SHA-256") {
		t.Errorf("the failure is told as %+v", p)
	}
	s.Boot("far/hello")
	send <- "a kernel"
	await(t, s, time.Minute, "second attempt", func(st *session.State) bool {
		return guest(st, "far").Outcome == "exit" && len(st.Problems) == 0
	})
}

// TestACancelledDownloadLeavesTheGuestIdle and can be begun again.
func TestACancelledDownloadLeavesTheGuestIdle(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	s := open(t)
	slowKernel(t, s, "a kernel")
	s.SelectApp("hello")
	s.Mark("far", true)
	await(t, s, time.Minute, "download", func(st *session.State) bool { return guest(st, "far").Phase == session.GuestProvisioning })
	s.CancelProvision("far")
	await(t, s, time.Minute, "idle guest", func(st *session.State) bool { return guest(st, "far").Phase == session.GuestIdle })
}
