package letter

import (
	"fmt"
	"strconv"

	"rsc.io/qr/coding"
)

// quietZone is the white edge inside the QR code's square, in modules. The
// paper around the square gives the rest of the four that ISO/IEC 18004 asks for.
const quietZone = 2

// minModule is the smallest module that telephones read well from paper, in
// millimetres.
const minModule = 0.55

// qr puts a QR code into a square of side millimetres, as vectors
// and without gaps at any resolution: all modules are one path.
func (c *canvas) qr(code *coding.Code, px, py, side float64) {
	n := code.Size + 2*quietZone
	module := side / float64(n) * mm
	c.b = append(c.b, "q 0 0 0 rg "...)
	for _, v := range []float64{module, 0, 0, -module} {
		c.b = strconv.AppendFloat(c.b, v, 'f', 5, 64)
		c.b = append(c.b, ' ')
	}
	c.num(x(px)+quietZone*module, y(py)-quietZone*module)
	c.op("cm")
	for row := range code.Size {
		for col := 0; col < code.Size; col++ {
			if !code.Black(col, row) {
				continue
			}
			run := 1
			for code.Black(col+run, row) {
				run++
			}
			for _, v := range [4]int{col, row, run, 1} {
				c.b = strconv.AppendInt(c.b, int64(v), 10)
				c.b = append(c.b, ' ')
			}
			c.b = append(c.b, "re\n"...)
			col += run
		}
	}
	c.op("f Q")
}

// qrEncoder makes QR codes. It keeps the plan of each size: making one costs
// more than using it. It is not for concurrent use.
type qrEncoder struct {
	plans map[coding.Version]*coding.Plan
}

// encode makes the QR code of a URL in the smallest size that holds it, readable
// with 15 % of it soiled (level M).
func (e *qrEncoder) encode(url string, side float64) (*coding.Code, error) {
	text := coding.String(url)
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if text.Bits(v) > v.DataBytes(coding.M)*8 {
			continue
		}
		plan := e.plans[v]
		if plan == nil {
			var err error
			if plan, err = coding.NewPlan(v, coding.M, 0); err != nil {
				return nil, fmt.Errorf("QR code: %w", err)
			}
			if e.plans == nil {
				e.plans = make(map[coding.Version]*coding.Plan)
			}
			e.plans[v] = plan
		}
		if side/float64(len(plan.Pixel)+2*quietZone) < minModule {
			break
		}
		code, err := plan.Encode(text)
		if err != nil {
			return nil, fmt.Errorf("QR code: %w", err)
		}
		return code, nil
	}
	return nil, fmt.Errorf("url: %w", ErrTooLong)
}
