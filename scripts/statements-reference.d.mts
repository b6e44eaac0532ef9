export function statementsReference(): string;
