import attach from '@fluentui/svg-icons/icons/attach_20_regular.svg?raw';
import bell from '@fluentui/svg-icons/icons/alert_20_regular.svg?raw';
import bold from '@fluentui/svg-icons/icons/text_bold_20_regular.svg?raw';
import bullets from '@fluentui/svg-icons/icons/text_bullet_list_ltr_20_regular.svg?raw';
import calendar from '@fluentui/svg-icons/icons/calendar_ltr_20_regular.svg?raw';
import chevron from '@fluentui/svg-icons/icons/chevron_down_12_regular.svg?raw';
import close16 from '@fluentui/svg-icons/icons/dismiss_16_regular.svg?raw';
import close12 from '@fluentui/svg-icons/icons/dismiss_12_regular.svg?raw';
import document from '@fluentui/svg-icons/icons/document_20_regular.svg?raw';
import done from '@fluentui/svg-icons/icons/checkmark_circle_20_regular.svg?raw';
import filter from '@fluentui/svg-icons/icons/filter_20_regular.svg?raw';
import info16 from '@fluentui/svg-icons/icons/info_16_regular.svg?raw';
import italic from '@fluentui/svg-icons/icons/text_italic_20_regular.svg?raw';
import link from '@fluentui/svg-icons/icons/link_20_regular.svg?raw';
import mail from '@fluentui/svg-icons/icons/mail_20_filled.svg?raw';
import numbers from '@fluentui/svg-icons/icons/text_number_list_ltr_20_regular.svg?raw';
import ok16 from '@fluentui/svg-icons/icons/checkmark_circle_16_regular.svg?raw';
import people from '@fluentui/svg-icons/icons/people_20_regular.svg?raw';
import search16 from '@fluentui/svg-icons/icons/search_16_regular.svg?raw';
import send from '@fluentui/svg-icons/icons/send_20_filled.svg?raw';
import settings from '@fluentui/svg-icons/icons/settings_20_regular.svg?raw';
import trash from '@fluentui/svg-icons/icons/delete_20_regular.svg?raw';
import underline from '@fluentui/svg-icons/icons/text_underline_20_regular.svg?raw';
import waffle from '@fluentui/svg-icons/icons/grid_dots_20_regular.svg?raw';
import { icon } from '../../shared/src/dom.ts';

export const icons = {
  attach, bell, bold, bullets, calendar, chevron, close12, close16, document, done, filter, info16, italic, link, mail, numbers, ok16, people, search16, send,
  settings, trash, underline, waffle,
} as const;

/** Puts the drawings into the page: `<i data-icon="send">`. */
export function drawIcons(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>('[data-icon]')) {
    const name = place.dataset['icon'] as keyof typeof icons;
    const size = name.endsWith('16') ? 16 : name === 'chevron' ? 12 : 20;
    place.replaceWith(icon(icons[name], size));
  }
}
