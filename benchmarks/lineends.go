package benchmarks

import "io"

// lineEnds makes every line of a text end as ours do: at \n, at \r\n and at \r alike. On a
// console a carriage return overwrites the line, in a file it can only end it.
type lineEnds struct {
	from     io.Reader
	returned bool // the byte before was \r
}

// Read implements io.Reader.
func (l *lineEnds) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	kept := p[:0]
	for _, b := range p[:n] {
		after := l.returned
		l.returned = b == '\r'
		switch {
		case b == '\n' && after: // the \r was the end
		case b == '\r':
			kept = append(kept, '\n')
		default:
			kept = append(kept, b)
		}
	}
	return len(kept), err
}
