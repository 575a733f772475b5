package chart

// Part is a piece of a stacked bar: the columns from From up to, not including, To. One
// that is shorter than half a column has none.
type Part struct{ From, To int }

// Stack lays values end to end on a scale that begins at zero. Ends are rounded, not
// lengths, so that errors don't add up and the bar is as long as it should be.
func Stack(values []float64, s Scale) []Part {
	parts := make([]Part, len(values))
	sum, at := 0.0, 0
	for i, v := range values {
		sum += max(v, 0)
		end := max(s.edge(sum), at)
		parts[i] = Part{at, end}
		at = end
	}
	return parts
}

// edge is the column boundary nearest to a value.
func (s Scale) edge(v float64) int {
	if !(s.High > s.Low) {
		return 0
	}
	return min(max(int((v-s.Low)/(s.High-s.Low)*float64(s.W)+0.5), 0), s.W)
}

// textures tell neighbouring pieces apart where there is no colour.
var textures = []string{"█", "▓", "▒", "░"}

// Texture is the fill of the nth piece of a stacked bar.
func Texture(n int) string { return textures[max(n, 0)%len(textures)] }

// Letter is a name of one cell for the nth thing on a chart.
func Letter(n int) string { return string(rune('a' + max(n, 0)%26)) }
