/** Where the server shows the picture. */
export const SUMMARY_IMAGE_PATH = '/countries/image';
