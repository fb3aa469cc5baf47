package main

import (
	"os"
	"path/filepath"
)

// sameFile tells whether writing to a and to b would write one file, whether it
// exists already or not.
func sameFile(a, b string) bool {
	if target(a) == target(b) {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y) // hard links, and names that differ in case where that is one
}

// mostLinks is where a chain of links counts as a circle.
const mostLinks = 40

// target follows links to the file that opening path would make or change.
func target(path string) string {
	for range mostLinks {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(dir, filepath.Base(path))
		}
		next, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return path
}
