package access

import "strings"

// mark pairs a piece of a user agent with what people call it. The order
// matters: everybody claims to be Safari, most to be Chrome.
type mark struct{ piece, name string }

var (
	browsers = []mark{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems = []mark{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"CrOS", "Chromebook"}, {"Macintosh", "Mac"}, {"Linux", "Linux"}}
)

// device makes "Firefox · Android" of a user agent. Only names of the two lists
// come out, so nothing that a browser sends is ever kept or shown.
func device(userAgent string) string {
	userAgent = userAgent[:min(len(userAgent), 512)]
	var parts []string
	for _, list := range [][]mark{browsers, systems} {
		for _, m := range list {
			if strings.Contains(userAgent, m.piece) {
				parts = append(parts, m.name)
				break
			}
		}
	}
	return strings.Join(parts, " · ")
}
