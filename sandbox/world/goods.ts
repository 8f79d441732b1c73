export interface CatalogElement {
  id: number;
  metadata: { quantity: number; catalog_id: number };
}

/** The goods on a lead: every fifth one has some. */
export function goodsOf(leadId: number): CatalogElement[] {
  if (leadId % 5 !== 0) return [];
  return [{ id: 525_439 + (leadId % 7), metadata: { quantity: 1 + (leadId % 3), catalog_id: 4521 } }];
}
