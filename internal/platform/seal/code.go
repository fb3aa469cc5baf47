package seal

import "strings"

// Alphabet is the alphabet of typed codes: no 0 O 1 I.
const Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// CodeLen is the length of a typed code: 11 random characters (55 bit) and one
// check character.
const CodeLen = 12

// Code makes a typed code of 11 bytes of randomness; only the low five bits of
// each byte are used.
func Code(random []byte) string {
	out := make([]byte, CodeLen)
	for i := range CodeLen - 1 {
		out[i] = Alphabet[random[i]&31]
	}
	out[CodeLen-1] = check(string(out[:CodeLen-1]))
	return string(out)
}

// check computes the check character as a weighted sum in GF(32): distinct
// nonzero weights find every single wrong character and every swap of two
// unlike characters.
func check(body string) byte {
	var sum byte
	weight := byte(1)
	for i := range len(body) {
		weight = mul(weight, 2)
		sum ^= mul(weight, byte(strings.IndexByte(Alphabet, body[i])))
	}
	return Alphabet[sum]
}

// mul multiplies in GF(2^5) modulo x^5+x^2+1.
func mul(a, b byte) (p byte) {
	for b > 0 {
		if b&1 != 0 {
			p ^= a
		}
		if a <<= 1; a&32 != 0 {
			a ^= 0b100101
		}
		b >>= 1
	}
	return p
}

// ParseCode reads what a person typed: case, spaces, hyphens and dots do not
// matter. ok is false when the length, a character or the check character is
// wrong.
func ParseCode(typed string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch {
		case r == ' ' || r == '-' || r == '.' || r == '\u00a0' || r == '\u2010' || r == '\u2011' || r == '\u2013' || r == '\t' || r == '\n' || r == '\r':
			continue
		case r < 128 && strings.IndexByte(Alphabet, byte(r)) >= 0:
			b.WriteRune(r)
		default:
			return "", false
		}
		if b.Len() > CodeLen {
			return "", false
		}
	}
	code = b.String()
	if len(code) != CodeLen || check(code[:CodeLen-1]) != code[CodeLen-1] {
		return "", false
	}
	return code, true
}

// FormatCode writes a code in groups of four: "KX7M-4QPD-92TR".
func FormatCode(code string) string {
	if len(code) != CodeLen {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}
