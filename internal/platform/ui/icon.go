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

// iconSVG is an inlined lucide icon. The stroke's width and the size come from
// the stylesheet.
const iconSVG = `<svg class="f-icon%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">%s</svg>`

// Icon draws an icon. It is decoration: a word always stands beside it. Extra
// classes ("f-item__icon", "f-tick", "f-end") follow. An empty name draws
// nothing; a name that the kit lacks is an error.
func Icon(name IconName, class ...string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		shape, ok := shapes[name]
		if !ok {
			return fmt.Errorf("ui: no icon %q", name)
		}
		more := ""
		for _, c := range class {
			more += " " + html.EscapeString(c)
		}
		_, err := fmt.Fprintf(w, iconSVG, more, shape)
		return err
	})
}
