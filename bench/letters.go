package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

var benchLine = regexp.MustCompile(`(?m)^Benchmark([\w/]+)\S*\s+\d+\s+(.*)$`)
var benchFigure = regexp.MustCompile(`([0-9.e+]+) (\S+)`)

// goBench runs benchmarks of a package and returns their figures by name and
// unit, on one core.
func goBench(ctx context.Context, pkg, pattern, times string) (map[string]map[string]float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", times, "-cpu", "1", pkg)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	res := map[string]map[string]float64{}
	for _, m := range benchLine.FindAllStringSubmatch(string(out), -1) {
		figures := map[string]float64{}
		for _, f := range benchFigure.FindAllStringSubmatch(m[2], -1) {
			v, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				return nil, err
			}
			figures[f[2]] = v
		}
		res[m[1]] = figures
	}
	if len(res) == 0 {
		return nil, errors.New("no benchmark ran")
	}
	return res, nil
}

const letterPackage = "./internal/notifications/letter"

// letters measures access letters in one file against fpdf with the same text
// and no data.
func (r *rig) letters(ctx context.Context) error {
	b, err := goBench(ctx, letterPackage, "^(BenchmarkLetters|BenchmarkBaseline)$", "2s")
	if err != nil {
		return err
	}
	own, base := b["Letters"], b["Baseline"]
	r.add("access letters in one file, per core", fmt.Sprintf("%.0f/s (%.2f x)", own["letters/s"], own["letters/s"]/base["letters/s"]), fmt.Sprintf("%.0f/s fpdf", base["letters/s"]), ">= 2,500/s")
	r.add("bytes per letter", fmt.Sprintf("%.0f", own["B/letter"]), fmt.Sprintf("%.0f", base["B/letter"]), "<= 4,096")
	m, err := goBench(ctx, letterPackage, "^BenchmarkMemory$", "1x")
	if err != nil {
		return err
	}
	r.add("heap for 20,000 letters", fmt.Sprintf("%.0f MiB", m["Memory/letters"]["MiB"]), fmt.Sprintf("%.0f MiB fpdf", m["Memory/baseline"]["MiB"]), "flat")
	return nil
}
