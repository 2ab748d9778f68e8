const NAME_LENGTH_MAX = 32;

/** The name under which somebody is kept and signs in, made of what they are called: `Anja de Wit` is anja-de-wit. */
export function nameFrom(title: string): string {
	const name = title
		.normalize("NFD")
		.toLowerCase()
		.replace(/[\u0300-\u036f]/g, "")
		.replace(/[^a-z0-9]+/g, "-")
		.slice(0, NAME_LENGTH_MAX)
		.replace(/^-+|-+$/g, "");
	return name === "" ? "eigenaar" : name;
}
