import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seriousFindings } from './accessibility.ts';
import { createProduct, type Product } from './product.ts';
import { lookAt, SCENES_STAGE } from './scenes/scene.ts';
import { SCENES } from './scenes/scenes.ts';

let product: Product;

beforeAll(async () => {
  product = await createProduct(SCENES_STAGE);
});
afterAll(async () => {
  await product.close();
});

describe('in both themes axe finds nothing serious, and the page copes with', () => {
  test.each(SCENES)('$name', async (scene) => {
    await scene.prepare?.(product);
    const visitor = await lookAt(scene, product, 'ru');
    for (const theme of ['light', 'dark'] as const) {
      await visitor.turn(theme);
      expect([theme, await seriousFindings(visitor.page)]).toEqual([theme, []]);
    }
    expect(visitor.pageErrors).toEqual([]);
    await visitor.close();
    await scene.after?.(product);
  });
});
