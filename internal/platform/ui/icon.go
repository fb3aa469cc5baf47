package ui

import (
	"context"
	"fmt"
	"html"
	"io"

	"github.com/a-h/templ"
)

// IconName names an icon of the kit; use the constants IconMail, IconWrench, …
type IconName string

// icons are the drawn icons without further classes. Their shapes stand in
// icons.svg, which a browser loads once; size and the stroke's width come from
// the stylesheet.
var icons = drawIcons()

func drawIcons() map[IconName]string {
	out := make(map[IconName]string, len(iconNames))
	for _, n := range iconNames {
		out[n] = drawIcon(n, "")
	}
	return out
}

func drawIcon(name IconName, more string) string {
	return `<svg class="f-icon` + more + `" aria-hidden="true"><use href="` + Asset("icons.svg") + "#" + string(name) + `"></use></svg>`
}

// Icon draws an icon. It is decoration: a word always stands beside it. Extra
// classes ("f-item__icon", "f-tick", "f-end") follow. An empty name draws
// nothing; a name that the kit lacks is an error.
func Icon(name IconName, class ...string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		text, ok := icons[name]
		if !ok {
			return fmt.Errorf("ui: no icon %q", name)
		}
		if len(class) > 0 {
			more := ""
			for _, c := range class {
				more += " " + html.EscapeString(c)
			}
			text = drawIcon(name, more)
		}
		_, err := io.WriteString(w, text)
		return err
	})
}
