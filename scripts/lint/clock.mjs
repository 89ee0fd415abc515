/**
 * A rule of ours for oxlint: the plugin measures time by clocks that only go forward. Who sets the clock on the wall must not end or
 * prolong anything. `.oxlintrc.json` names the files that tell people a date.
 */

const message = 'Measure intervals with performance.now() or process.hrtime: the clock on the wall may be set.';

const isDate = (node) => node.type === 'Identifier' && node.name === 'Date';

const monotonic = {
  create: (context) => ({
    MemberExpression(node) {
      if (isDate(node.object) && !node.computed && node.property.name === 'now') context.report({ node, message });
    },
    NewExpression(node) {
      if (isDate(node.callee) && node.arguments.length === 0) context.report({ node, message });
    },
  }),
};

export default { meta: { name: 'clock' }, rules: { monotonic } };
