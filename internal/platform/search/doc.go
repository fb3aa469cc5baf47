// Package search finds things by the beginnings of words, the same on both
// engines. A capability puts the words of an item down in the transaction that
// writes the item; words are folded (internal/platform/fold), so that "Müller"
// finds "MUELLER" and "strasse" finds "Straße".
//
// A query has at most Terms words; every one of them must begin a word of the
// item. How to look depends on how rare the rarest of them is: Few names the
// items when there are few of them; when there are many, a list is walked in
// its own order with the condition of SQL, and soon has a page together. So
// both are bounded, whatever is asked.
//
// Words say nothing about rights: the list that uses them decides who sees an
// item.
package search
