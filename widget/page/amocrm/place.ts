import type { JQueryLike, WidgetInstance } from './widget-instance.ts';

/** Everything of ours stands under this class: the stylesheet reaches nothing else of amoCRM's page. */
const ROOT_CLASS = 'speechsense-export';

/** Our own element in a place that amoCRM gives, the same one when it is asked for again. */
export function rootIn(place: Element): HTMLElement {
  for (const child of place.children) {
    if (child instanceof HTMLElement && child.classList.contains(ROOT_CLASS)) return child;
  }
  const root = document.createElement('div');
  root.className = ROOT_CLASS;
  place.append(root);
  return root;
}

/** Where amoCRM wants the advanced settings of a widget drawn. */
export function advancedSettingsPlace(widget: WidgetInstance): Element | null {
  const code = codeOf(widget);
  return document.getElementById(`work-area-${code}`) ?? document.getElementById('list_page_holder');
}

/** The hidden input and the room of a custom field, in the settings window. */
export function customFieldParts(body: JQueryLike | undefined, field: string) {
  const within = body?.[0] ?? document.body;
  const input = within.querySelector<HTMLInputElement>(`#${field}_custom`);
  const content = within.querySelector(`#${field}_custom_content`);
  return input && content ? { input, content } : null;
}

/** Adds the widget's stylesheet to the page, once. */
export function addStylesheet(widget: WidgetInstance): void {
  const path = widget.params?.path ?? widget.get_settings().path ?? '';
  const href = `${path}/style.css?v=${encodeURIComponent(widget.get_version())}`;
  const present = Array.from(document.querySelectorAll('link[rel="stylesheet"]'));
  if (present.some((link) => link.getAttribute('href') === href)) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  document.head.append(link);
}

function codeOf(widget: WidgetInstance): string {
  return widget.params?.widget_code ?? widget.get_settings().widget_code ?? '';
}
