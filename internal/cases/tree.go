package cases

// defaultField is a field of a category of the product.
type defaultField struct {
	key      string
	kind     FieldKind
	required bool
}

// defaults is the tree that an organisation begins with.
var defaults = []struct {
	key, parent, icon string
	kind              CategoryKind
	urgency           Urgency
	message           bool
	fields            []defaultField
}{
	{key: "heating", icon: "thermometer", kind: Damage, urgency: Soon},
	{key: "heating_cold", parent: "heating", kind: Damage},
	{key: "heating_off", parent: "heating", kind: Damage, urgency: Now},
	{key: "heating_water", parent: "heating", kind: Damage},
	{key: "water", icon: "droplets", kind: Damage, urgency: Soon},
	{key: "water_drip", parent: "water", kind: Damage, urgency: Later},
	{key: "water_drain", parent: "water", kind: Damage},
	{key: "water_damage", parent: "water", kind: Damage, urgency: Now},
	{key: "power", icon: "lightbulb", kind: Damage, urgency: Soon},
	{key: "power_house", parent: "power", kind: Damage, urgency: Later},
	{key: "power_flat", parent: "power", kind: Damage},
	{key: "door", icon: "door-open", kind: Damage},
	{key: "house", icon: "building-2", kind: Damage},
	{key: "lift", icon: "arrow-up-down", kind: Damage, urgency: Soon},
	{key: "else", icon: "circle-question-mark", kind: Damage},
	{key: "bank", icon: "credit-card", kind: Topic},
	{key: "data", icon: "user-pen", kind: Topic},
	{key: "certificate", icon: "file-check", kind: Topic, fields: []defaultField{{key: "which", kind: FieldText, required: true}}},
	{key: "contract", icon: "file-text", kind: Topic},
	{key: "bill", icon: "receipt", kind: Topic},
	{key: "other", icon: "message-square-text", kind: Topic, message: true},
}
