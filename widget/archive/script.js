// The entry that amoCRM loads: hands its widget object to app.js, which is built from the sources in widget/page.
define(['./app.js'], function (app) {
  'use strict';

  return function () {
    var callbacks = app.createCallbacks(this, { APP: window.APP });

    this.callbacks = {
      render: callbacks.render,
      init: callbacks.init,
      bind_actions: callbacks.bind_actions,
      settings: callbacks.settings,
      onSave: callbacks.onSave,
      advancedSettings: callbacks.advancedSettings,
      destroy: callbacks.destroy,
    };

    return this;
  };
});
