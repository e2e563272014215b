/** Figures held to their stored pictures. */
import { expect, it } from "vitest";
import { renderSvg } from "../render-figure.js";
import type { Figure } from "../figure.js";
import { DARK_THEME, LIGHT_THEME, type Theme } from "../theme.js";

/** Declares a test for each figure: it looks as stored, and in the dark theme only its colours differ. */
export function testStoredFigures(makers: readonly ((theme: Theme) => Figure)[]): void {
  for (const make of makers) {
    const light = make(LIGHT_THEME);
    it(`${light.name} looks as stored, and differs in the dark in colours only`, async () => {
      const svg = await renderSvg(light), shape = (text: string): string => text.replaceAll(/#[0-9a-f]{6}/g, "#");
      await expect(svg).toMatchFileSnapshot(`stored-figures/${light.name}.svg`);
      expect(shape(await renderSvg(make(DARK_THEME)))).toBe(shape(svg));
    });
  }
}
