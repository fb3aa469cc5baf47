package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientIP is the peer, or behind trusted proxies the last address of
// X-Forwarded-For that is not a proxy of ours.
func (d *Door) clientIP(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := ap.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && d.trusted(ip); i-- {
		next, ok := parseHop(hops[i])
		if !ok {
			break
		}
		ip = next
	}
	return ip
}

// parseHop reads one address, which some proxies write with its port.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return ip.Unmap().WithZone(""), err == nil
}

func (d *Door) trusted(ip netip.Addr) bool {
	for _, p := range d.cfg.Proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
