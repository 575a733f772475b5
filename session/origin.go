package session

import (
	"fmt"
	"time"

	"slipway/benchmarks/store"
	"slipway/runner/boot"
)

// Mark is a word for a boot whose times are not those of a whole one: instant, held; ""
// for the others.
func (g *Guest) Mark() string {
	switch g.Origin {
	case boot.Resumed:
		return "instant"
	case boot.Prestarted:
		return "held"
	}
	return ""
}

// Span says between what the total of a boot lies.
func Span(o boot.Origin) string {
	switch o {
	case boot.Resumed:
		return "from the app's hand-over to exit: instant, no boot was timed"
	case boot.Prestarted:
		return "from when the QEMU that was held ready was let go to exit"
	}
	return "from spawn to exit"
}

// KindWord is how a kind of boot is called on screens and in tables.
func KindWord(k store.Kind) string {
	if k == store.Interactive {
		return "watched"
	}
	return string(k)
}

// SummaryKind says in one word what sort of boot a run was, so that nobody takes the
// time of one for that of another: a warm-up, timed, virtual (its clock counted
// instructions), counted (by a plugin, which slows it down), imported, or watched, which
// may have been instant (its kernel had booted), held (its QEMU was there) or touched by a
// person.
func SummaryKind(r store.Summary) string {
	switch {
	case r.Warmup:
		return "warm-up"
	case r.Touched:
		return "touched"
	case r.Origin == store.Resumed:
		return "instant"
	case r.Origin == store.Prestarted:
		return "held"
	case r.Virtual:
		return "virtual"
	case r.Counted == store.ByPlugin:
		return "counted"
	}
	return KindWord(r.Kind)
}

// SummaryTotal is how long a boot took, 0 where that says nothing: what was imported has
// no whole time, and boots whose instructions were counted took as long as counting did.
func SummaryTotal(r store.Summary) time.Duration {
	if r.Kind == store.Imported || r.Virtual || r.Counted == store.ByPlugin {
		return 0
	}
	return time.Duration(r.Total * float64(time.Second))
}

func kind(r store.Run) string {
	switch {
	case r.Touched != "":
		return KindWord(r.Kind) + ", touched"
	case r.Origin == store.Resumed:
		return KindWord(r.Kind) + ", instant"
	case r.Origin == store.Prestarted:
		return KindWord(r.Kind) + ", held"
	case r.Warmup:
		return fmt.Sprintf("%s, warm-up round %d", KindWord(r.Kind), r.Round)
	case r.Round > 0:
		return fmt.Sprintf("%s, round %d", KindWord(r.Kind), r.Round)
	default:
		return KindWord(r.Kind)
	}
}
