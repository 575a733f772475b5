package session

// ledger sets the boot of the newest image beside that of the image before it.
func ledger(this, last *booted) []LedgerRow {
	if this == nil {
		return nil
	}
	var rows []LedgerRow
	for _, p := range this.result.Phases {
		row := LedgerRow{Name: p.Name, Unit: "sec", This: number(p.Duration.Seconds()), Marker: p.Marker}
		if last != nil {
			for _, q := range last.result.Phases {
				if q.Name == p.Name {
					row.Last = number(q.Duration.Seconds())
				}
			}
		}
		rows = append(rows, row)
	}
	add := func(name, unit, marker string, value func(*booted) float64) {
		row := LedgerRow{Name: name, Unit: unit, This: number(value(this)), Marker: marker}
		if last != nil {
			row.Last = number(value(last))
		}
		rows = append(rows, row)
	}
	add("total", "sec", "spawn to exit", func(b *booted) float64 { return b.result.Total.Seconds() })
	add("tool overhead", "sec", "Slipway's own share", func(b *booted) float64 { return b.result.Overhead.Seconds() })
	if this.result.PeakMemory > 0 {
		add("peak memory", "B", "VmHWM", func(b *booted) float64 { return float64(b.result.PeakMemory) })
	}
	add("image", "B", "bytes that are booted", func(b *booted) float64 { return float64(b.image.Size) })
	return rows
}

func number(v float64) *float64 { return &v }
