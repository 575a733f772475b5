package console

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// The five columns by which emulators were compared (MB/s): plain text at two
// sizes, a change of colour every few characters, full redraws, and Unicode.

const benchBytes = 1 << 20

func fillTo(line func(i int) string) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < benchBytes; i++ {
		b.WriteString(line(i))
	}
	return b.Bytes()
}

func plainBytes(width int) []byte {
	return fillTo(func(i int) string {
		s := fmt.Sprintf("[%12.6f] pci 0000:00:%02x.0: reg 0x10: mem 0xfebc0000-0xfebdffff pref ", float64(i)/997, i%32)
		for len(s) < width*3/2 {
			s += s
		}
		return s[:1+(i*37)%width] + "\r\n"
	})
}

func colourBytes() []byte {
	r := rand.New(rand.NewPCG(1, 2)) // a fixed input, no secret
	return fillTo(func(int) string {
		s := ""
		for range 8 {
			s += fmt.Sprintf("\x1b[38;5;%dmword%d\x1b[0m ", r.IntN(256), r.IntN(100))
		}
		return s + "\r\n"
	})
}

func redrawBytes() []byte {
	return fillTo(func(i int) string {
		s := "\x1b[H"
		for y := range 24 {
			s += fmt.Sprintf("\x1b[%d;1H\x1b[7m%3d\x1b[m  process %4d  cpu %5.1f%%  some command line here\x1b[K", y+1, y, i+y, float64(i%1000)/10)
		}
		return s
	})
}

func unicodeBytes() []byte {
	return fillTo(func(i int) string {
		return fmt.Sprintf("│ %d ünïcödé 漢字かな交じり文 ελληνικά é́ … ✓ русский текст │\r\n", i)
	})
}

func BenchmarkWrite(b *testing.B) {
	for _, c := range []struct {
		name       string
		cols, rows int
		data       []byte
	}{
		{"plain80x24", 80, 24, plainBytes(80)},
		{"plain200x60", 200, 60, plainBytes(200)},
		{"colour", 80, 24, colourBytes()},
		{"redraw", 80, 24, redrawBytes()},
		{"unicode", 80, 24, unicodeBytes()},
	} {
		b.Run(c.name+"/terminal", func(b *testing.B) {
			t := New(Options{Cols: c.cols, Rows: c.rows})
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			for b.Loop() {
				for p := c.data; len(p) > 0; {
					n := min(64<<10, len(p))
					_, _ = t.Write(p[:n])
					p = p[n:]
				}
			}
		})
		b.Run(c.name+"/parser", func(b *testing.B) {
			p := ansi.NewParser()
			var printed int
			p.SetHandler(ansi.Handler{
				Print: func(rune) { printed++ }, Execute: func(byte) {},
				HandleCsi: func(ansi.Cmd, ansi.Params) {},
			})
			b.SetBytes(int64(len(c.data)))
			for b.Loop() {
				for _, x := range c.data {
					p.Advance(x)
				}
			}
		})
	}
}

// BenchmarkSnapshot is a frame after a line of output, and after none.
func BenchmarkSnapshot(b *testing.B) {
	for _, what := range []string{"line", "idle"} {
		b.Run(what, func(b *testing.B) {
			t := New(Options{Cols: 200, Rows: 60})
			_, _ = t.Write(plainBytes(200))
			b.ReportAllocs()
			for b.Loop() {
				if what == "line" {
					_, _ = t.Write([]byte("one more line of output\r\n"))
				}
				t.Snapshot()
			}
		})
	}
}

// BenchmarkResize drags a pane's edge with a full scrollback above it.
func BenchmarkResize(b *testing.B) {
	t := New(Options{Cols: 200, Rows: 60})
	for range 8 {
		_, _ = t.Write(plainBytes(200))
	}
	for i := 0; b.Loop(); i++ {
		t.Resize(100+i%100, 30+i%30)
	}
}

// BenchmarkHistory is a frame of scrolling back.
func BenchmarkHistory(b *testing.B) {
	t := New(Options{Cols: 200, Rows: 60})
	_, _ = t.Write(plainBytes(200))
	for b.Loop() {
		t.History(1000, 60)
	}
}
