import { colors, fontFamily } from '../theme.ts';

const zoomSlider = {
  type: 'slider' as const,
  height: 16,
  bottom: 8,
  showDataShadow: false,
  showDetail: false,
  moveHandleSize: 0,
  borderColor: colors.line,
  fillerColor: colors.joinedSoft,
  handleStyle: { color: colors.surface, borderColor: colors.baseline },
};

/** What all charts share: fonts, grid, tooltip, quiet axes. */
export function baseOption(options: { zoom: boolean; legend: boolean; axisName: string }) {
  return {
    textStyle: { fontFamily, color: colors.ink },
    animationDuration: 250,
    grid: {
      left: 8,
      right: 16,
      top: options.legend ? 56 : 36,
      bottom: options.zoom ? 52 : 8,
      outerBoundsMode: 'same' as const,
      outerBoundsContain: 'axisLabel' as const,
    },
    legend: options.legend
      ? {
          top: 0,
          left: 0,
          type: 'scroll' as const,
          icon: 'roundRect',
          itemWidth: 12,
          itemHeight: 4,
          textStyle: { color: colors.inkSoft },
        }
      : { show: false },
    dataZoom: options.zoom ? [{ type: 'inside' as const }, zoomSlider] : [],
    yAxis: {
      type: 'value' as const,
      name: options.axisName,
      nameLocation: 'end' as const,
      nameTextStyle: { color: colors.inkSoft, align: 'left' as const },
      axisLabel: { color: colors.inkSoft },
      splitLine: { lineStyle: { color: colors.lineSoft } },
    },
  };
}

/** A category axis of times. */
export function timeAxis(labels: readonly string[]) {
  return {
    type: 'category' as const,
    data: [...labels],
    boundaryGap: true,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colors.line } },
    axisLabel: { color: colors.inkSoft, hideOverlap: true },
  };
}

/** Text that is put into a tooltip's HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
