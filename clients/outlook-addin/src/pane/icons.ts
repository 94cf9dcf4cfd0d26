import away from '@fluentui/svg-icons/icons/cloud_off_16_regular.svg?raw';
import back from '@fluentui/svg-icons/icons/arrow_left_20_regular.svg?raw';
import chevron from '@fluentui/svg-icons/icons/chevron_down_12_regular.svg?raw';
import clock from '@fluentui/svg-icons/icons/clock_20_regular.svg?raw';
import company from '@fluentui/svg-icons/icons/building_people_20_regular.svg?raw';
import copy from '@fluentui/svg-icons/icons/copy_16_regular.svg?raw';
import deal from '@fluentui/svg-icons/icons/handshake_20_regular.svg?raw';
import info from '@fluentui/svg-icons/icons/info_20_regular.svg?raw';
import ok from '@fluentui/svg-icons/icons/checkmark_circle_20_filled.svg?raw';
import open from '@fluentui/svg-icons/icons/open_16_regular.svg?raw';
import person from '@fluentui/svg-icons/icons/person_20_regular.svg?raw';
import personAdd from '@fluentui/svg-icons/icons/person_add_20_regular.svg?raw';
import pin from '@fluentui/svg-icons/icons/pin_20_regular.svg?raw';
import settings from '@fluentui/svg-icons/icons/settings_20_regular.svg?raw';
import shield from '@fluentui/svg-icons/icons/shield_checkmark_20_regular.svg?raw';
import ticket from '@fluentui/svg-icons/icons/ticket_diagonal_20_regular.svg?raw';
import warning from '@fluentui/svg-icons/icons/warning_16_regular.svg?raw';

export const icons = { away, back, chevron, clock, company, copy, deal, info, ok, open, person, personAdd, pin, settings, shield, ticket, warning };
