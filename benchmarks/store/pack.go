package store

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// A summary in the index is its fields with a separator between them that no
// name holds; the note, which may hold anything, comes last.
const (
	separator = "\x1f"
	fields    = 22
)

// errPacked says that a row of the index is not what this version writes: the
// index is made again.
var errPacked = errors.New("a row of the index can't be read")

func (r Summary) pack() string {
	exit := ""
	if r.Exit != nil {
		exit = strconv.Itoa(*r.Exit)
	}
	values := []string{
		r.ID, r.Experiment, r.Target, r.Kernel, r.App, r.Save, string(r.Kind), strconv.FormatBool(r.Warmup), strconv.Itoa(r.Round),
		r.Outcome, exit, strconv.FormatInt(r.Started.UnixNano(), 10), strconv.FormatFloat(r.Total, 'g', -1, 64), r.Accel, r.Image,
		strconv.FormatBool(r.Pinned), r.Origin, strconv.FormatBool(r.Touched), r.Counted, strconv.FormatBool(r.Virtual),
		strings.Join(r.Tags, " "),
	}
	for i, v := range values {
		values[i] = strings.ReplaceAll(v, separator, " ")
	}
	return strings.Join(append(values, r.Note), separator)
}

func unpack(packed string) (Summary, error) {
	v := strings.SplitN(packed, separator, fields)
	if len(v) != fields {
		return Summary{}, errPacked
	}
	r := Summary{
		ID: v[0], Experiment: v[1], Target: v[2], Kernel: v[3], App: v[4], Save: v[5], Kind: Kind(v[6]), Warmup: v[7] == "true",
		Outcome: v[9], Accel: v[13], Image: v[14], Pinned: v[15] == "true",
		Origin: v[16], Touched: v[17] == "true", Counted: v[18], Virtual: v[19] == "true", Tags: tagsOf(v[20]), Note: v[21],
	}
	var errs [4]error
	var started int64
	r.Round, errs[0] = strconv.Atoi(v[8])
	started, errs[1] = strconv.ParseInt(v[11], 10, 64)
	r.Total, errs[2] = strconv.ParseFloat(v[12], 64)
	if v[10] != "" {
		var exit int
		exit, errs[3] = strconv.Atoi(v[10])
		r.Exit = &exit
	}
	for _, err := range errs {
		if err != nil {
			return Summary{}, errPacked
		}
	}
	r.Started = time.Unix(0, started).UTC()
	return r, nil
}

// tagsOf reads a list of tags back; there is no blank in one.
func tagsOf(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, " ")
}
