import fc from "fast-check";
import { expect, test } from "vitest";
import { type Rendered, readTemplate, TemplateUnsupported } from "./template.ts";

const text = (value: string): Rendered => ({ kind: "text", text: value });
const state = JSON.stringify({
	w: 0.456,
	bat: 87,
	HX711: { Weight: 1.5 },
	list: [7, { a: true }],
	text: "12.5",
	no: null,
});

test.each([
	["{{ value }}", "12", "12"],
	["{{value}}", " online ", " online "],
	["{{ value_json.w }}", state, "0.456"],
	["{{- value_json['w'] -}}", state, "0.456"],
	['{{ value_json["HX711"].Weight }}', state, "1.5"],
	["{{ value_json.list[0] }}", state, "7"],
	["{{ value_json.list[1].a }}", state, "True"],
	["{{ value_json.w | float }}", state, "0.456"],
	["{{ value_json.text|float }}", state, "12.5"],
	["{{ value_json.text | float | int }}", state, "12"],
	["{{ value_json.w | round(1) }}", state, "0.5"],
	["{{ value_json.w * 1000 }}", state, "456"],
	["{{ (value_json.w | float * 1000) | round(0) }}", state, "456"],
	["{{ value_json.bat / 100 * -2 }}", state, "-1.74"],
	["{{ value_json.gone | default(0) }}", state, "0"],
	["{{ value_json.gone.deeper | default('x') }}", state, "x"],
	["{{ value_json.nothing | float(1) }}", state, "1"],
	["{{ value | float(0) }}", "nan", "0"],
])("%s of %s is %s", (template, payload, rendered) => {
	expect(readTemplate(template).render(payload)).toEqual(text(rendered));
});

test("a message that does not speak of it gives nothing, and one that is broken says why", () => {
	expect(readTemplate("{{ value_json.gone }}").render(state)).toEqual({ kind: "absent" });
	expect(readTemplate("{{ value_json.gone | float * 2 }}").render(state)).toEqual({ kind: "absent" });
	expect(readTemplate("{{ value_json.w.deeper }}").render(state)).toEqual({ kind: "absent" });
	for (const [template, payload] of [
		["{{ value_json.no }}", state],
		["{{ value_json.HX711 }}", state],
		["{{ value | float }}", "unavailable"],
		["{{ value * 2 }}", "2"],
		["{{ value_json.w / 0 }}", state],
		["{{ value_json.text | round(2) }}", state],
	] as const) {
		expect(readTemplate(template).render(payload)).toMatchObject({ kind: "bad" });
	}
	expect(readTemplate("{{ value_json.w }}").render("{")).toEqual({ kind: "malformed", why: "no JSON" });
});

test("nothing of an object but its own members can be reached", () => {
	for (const name of ["constructor", "__proto__", "toString", "length"]) {
		expect(readTemplate(`{{ value_json.${name} }}`).render("{}")).toEqual({ kind: "absent" });
		expect(readTemplate(`{{ value_json.list['${name}'] }}`).render(state)).toEqual({ kind: "absent" });
	}
});

test.each([
	"",
	"value",
	"{{ }}",
	"{{ value }} g",
	"{{ value }}{{ value }}",
	"{% if value %}1{% endif %}",
	"{{ states('sensor.x') }}",
	"{{ value_json.a.split('x') }}",
	"{{ value | multiply(2) }}",
	"{{ value + 1 }}",
	"{{ value_json.a if value_json.a else 0 }}",
	"{{ value_json['a\\'b'] }}",
	"{{ value_json[a] }}",
	"{{ value_json.a[ }}",
	"{{ (value }}",
	"{{ value | round(value) }}",
	"{{ -value }}",
	"{{ __import__('os') }}",
	`{{ ${"(".repeat(50)}value${")".repeat(50)} }}`,
	`{{ value_json.${"a".repeat(600)} }}`,
])("%s is not understood, and says so", (template) => {
	expect(() => readTemplate(template)).toThrow(TemplateUnsupported);
});

test("any template and any payload give a value, nothing, or a named reason", () => {
	const part = fc.constantFrom(
		..."value value_json . [ ] ( ) | * / - , 'a' 0 1.5 float int round default a w {{ }} {% %} + \\ \n".split(" "),
	);
	const templates = fc.oneof(
		fc.string(),
		fc.array(part, { maxLength: 20 }).map((parts) => `{{ ${parts.join(" ")} }}`),
		fc.array(part, { maxLength: 8 }).map((parts) => `{{ value_json.${parts.join("")} }}`),
	);
	fc.assert(
		fc.property(templates, fc.oneof(fc.string(), fc.json()), (template, payload) => {
			try {
				expect(["text", "absent", "bad", "malformed"]).toContain(readTemplate(template).render(payload).kind);
			} catch (error) {
				expect(error).toBeInstanceOf(TemplateUnsupported);
			}
		}),
		{ numRuns: 2000 },
	);
});
