package session

import "slipway/runner/boot"

// ledgerSizes are the image sizes of this save and the last, in bytes; 0 is
// not known.
type ledgerSizes struct{ this, last int64 }

// ledger sets the boot that is shown beside the one before it.
func ledger(this, last *boot.Result, sizes ledgerSizes) []LedgerRow {
	if this == nil {
		return nil
	}
	var rows []LedgerRow
	for _, p := range this.Phases {
		row := LedgerRow{Name: p.Name, Unit: "sec", This: number(p.Duration.Seconds()), Marker: p.Marker}
		if last != nil {
			for _, q := range last.Phases {
				if q.Name == p.Name {
					row.Last = number(q.Duration.Seconds())
				}
			}
		}
		rows = append(rows, row)
	}
	add := func(name, unit, marker string, value func(*boot.Result) float64) {
		row := LedgerRow{Name: name, Unit: unit, This: number(value(this)), Marker: marker}
		if last != nil {
			row.Last = number(value(last))
		}
		rows = append(rows, row)
	}
	add("total", "sec", "spawn to exit", func(r *boot.Result) float64 { return r.Total.Seconds() })
	add("tool overhead", "sec", "Slipway's own share", func(r *boot.Result) float64 { return r.Overhead.Seconds() })
	if this.PeakMemory > 0 {
		add("peak memory", "B", "VmHWM", func(r *boot.Result) float64 { return float64(r.PeakMemory) })
	}
	if sizes.this > 0 {
		row := LedgerRow{Name: "image", Unit: "B", This: number(float64(sizes.this)), Marker: "bytes that are booted"}
		if sizes.last > 0 {
			row.Last = number(float64(sizes.last))
		}
		rows = append(rows, row)
	}
	return rows
}

func number(v float64) *float64 { return &v }
