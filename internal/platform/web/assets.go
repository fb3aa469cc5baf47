package web

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"foyer/internal/platform/ui"
)

// kinds are the types of the kit's files. The machine's own tables may lack
// them: a container without any knows no fonts.
var kinds = map[string]string{
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".woff2":       "font/woff2",
	".txt":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
}

// assets serves the fingerprinted files of the kit, in the best encoding that
// is there, and the brand's stylesheet.
func (d *Door) assets(w http.ResponseWriter, r *http.Request) {
	s := r.Context().Value(stateKey{}).(*state)
	s.route = "GET " + ui.AssetPath
	name := strings.TrimPrefix(r.URL.Path, ui.AssetPath)
	if hex, ok := strings.CutPrefix(name, "brand-"); ok {
		css, err := ui.BrandCSS("#" + strings.TrimSuffix(hex, ".css"))
		if err != nil || !strings.HasSuffix(hex, ".css") {
			d.fail(w, r, nil, http.StatusNotFound, 0)
			return
		}
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		if _, err := w.Write(css); err != nil {
			d.cfg.Log.Debug("answer not taken", "err", err)
		}
		return
	}
	d.file(w, r, name)
}

// file serves one bundled file, compressed beforehand where the browser takes
// it. The name holds the content's fingerprint, so it may be kept for ever.
func (d *Door) file(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	kind := kinds[path.Ext(name)]
	data, err := fs.ReadFile(ui.AssetFS, name)
	if err != nil || kind == "" {
		d.fail(w, r, nil, http.StatusNotFound, 0)
		return
	}
	for _, enc := range []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !takes(r.Header.Get("Accept-Encoding"), enc.name) {
			continue
		}
		if packed, err := fs.ReadFile(ui.AssetFS, name+enc.ext); err == nil {
			h.Set("Content-Encoding", enc.name)
			h.Add("Vary", "Accept-Encoding")
			data = packed
			break
		}
	}
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if _, err := w.Write(data); err != nil {
		d.cfg.Log.Debug("answer not taken", "err", err)
	}
}

// takes tells whether a browser accepts an encoding.
func takes(accept, name string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		enc, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(enc), name) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000")
		}
	}
	return false
}
