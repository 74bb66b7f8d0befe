namespace Slipway.Reports;

/// <summary>The look of the report: readable without colours, in light and dark, on paper and on a telephone.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --text: #1c2126; --soft: #57606a; --back: #fff; --panel: #f4f6f8; --line: #d0d7de;
          --good: #1a7f37; --bad: #b3261e; --warn: #8a5300; --accent: #0b5cad; --bar: #6b8fb5; --idle: #c3ccd5; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6edf3; --soft: #9aa5b1; --back: #0e1217; --panel: #171c23; --line: #303841;
            --good: #4cc265; --bad: #ff7b72; --warn: #e3a13b; --accent: #6cb0ff; --bar: #4d759e; --idle: #3a444e; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1040px; padding: 1.5rem; background: var(--back); color: var(--text);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; }
        h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
        a { color: var(--accent); }
        code, pre { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .8rem; overflow-x: auto; }
        .banner { border: 1px solid var(--line); border-left: 6px solid var(--soft); border-radius: 6px; background: var(--panel); padding: 1rem 1.2rem; }
        .banner p { margin: .2rem 0 0; color: var(--soft); }
        .banner.success { border-left-color: var(--good); }
        .banner.failed { border-left-color: var(--bad); }
        .banner.rolled_back, .banner.cancelled, .banner.held { border-left-color: var(--warn); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: 1.2rem 0 0; }
        dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 600; } .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        tbody th { color: inherit; font-weight: 500; }
        .good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); } .soft { color: var(--soft); }
        svg { display: block; width: 100%; height: auto; margin: .6rem 0 1rem; font: 13px system-ui, sans-serif; }
        svg text { fill: var(--text); } svg .axis { fill: var(--soft); font-size: 12px; } svg .grid { stroke: var(--line); }
        svg .done, svg .candidate { fill: var(--bar); } svg .critical { fill: var(--accent); } svg .bad { fill: var(--bad); }
        svg .off { fill: none; stroke: var(--idle); stroke-dasharray: 3 2; } svg .stable { fill: var(--idle); opacity: .45; }
        svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke: var(--accent); }
        svg .curve.of-stable { stroke: var(--soft); stroke-dasharray: 5 3; } svg .curve.asked { stroke: var(--soft); stroke-width: 1.5; }
        svg .evidence { fill: var(--accent); opacity: .3; } svg .held { fill: var(--warn); opacity: .16; }
        svg .border { stroke: var(--soft); stroke-dasharray: 2 3; } svg .limit { stroke: var(--bad); stroke-dasharray: 6 3; stroke-width: 1.5; }
        svg .verdict { stroke: var(--bad); stroke-width: 2; } svg .bad-text { fill: var(--bad); font-weight: 600; }
        .scroll > svg { min-width: 640px; } th.n { white-space: normal; } tbody th.n { white-space: nowrap; } summary { cursor: pointer; color: var(--accent); } td.n + td:not(.n), th.n + th:not(.n) { padding-left: .8rem; }
        .shots { display: flex; flex-wrap: wrap; gap: .8rem; padding: 0; list-style: none; }
        .shots img { display: block; max-width: 240px; max-height: 320px; border: 1px solid var(--line); border-radius: 6px; }
        .next li { margin: .5rem 0; }
        @media print { body { max-width: none; padding: 0; } }
        """;
}
