package stats

// Looks are the rounds after which an experiment that stops when it is sure looks
// at its data. Looking more often costs more of the level than it saves rounds.
var Looks = []int{10, 20, 40}

// errorRate is the chance of a false alarm that all looks together may have.
const errorRate = 0.05

// LookLevel is the two-sided level of the look with that index in Looks, such that
// all looks together raise a false alarm in at most 5 % of experiments: what the
// look may spend of it when the error rate is spent as data come in, alpha(t) =
// alpha*t (Lan & DeMets, Biometrika 70, 1983; Kim & DeMets, Biometrika 74, 1987,
// with rho = 1), which gives .0125, .0125 and .025.
//
// The boundaries of group-sequential tests are a little wider (about .0125, .0155
// and .034 here), because they count on how the looks depend on each other. That
// is not done: the first look tests without pairs and the later ones with them,
// and Holm's correction changes the levels of single cells. By Bonferroni's
// inequality the sum of what is spent holds whatever depends on what, so that 5 %
// is kept over all looks and all cells of a table together.
func LookLevel(look int) float64 {
	before := 0
	if look > 0 {
		before = Looks[look-1]
	}
	return errorRate * float64(Looks[look]-before) / float64(Looks[len(Looks)-1])
}

// LevelAfter is the level at which an experiment that stops when it is sure is
// judged after so many rounds: that of the last look it has come to, so that
// whoever opens it later reads the verdict that ended it.
func LevelAfter(rounds int) float64 {
	look := 0
	for look+1 < len(Looks) && rounds >= Looks[look+1] {
		look++
	}
	return LookLevel(look)
}
