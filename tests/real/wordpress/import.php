<?php
/**
 * Installs an empty WordPress, lets its importer plug-in read a WXR file, and says what came of it.
 * Usage: php import.php FOLDER PLUG-IN FILE
 */
define( 'WP_INSTALLING', true );
define( 'WP_LOAD_IMPORTERS', true );
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'FEEDKEEP_WP_HOME' ), PHP_URL_HOST );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

add_filter( 'pre_wp_mail', '__return_true' );
$installed = wp_install( 'Moved Diary', 'owner', 'owner@moved.example', true, '', 'for a test' );
foreach ( array( 1, 2, 3 ) as $sample ) {
	wp_delete_post( $sample, true );
}
wp_set_current_user( $installed['user_id'] );
require $argv[2] . '/wordpress-importer.php';
if ( ! class_exists( 'WP_Import' ) ) {
	wordpress_importer_init();
}
ob_start();
$importer                    = new WP_Import();
$importer->fetch_attachments = false;
$importer->import( $argv[3] );
$said = wp_strip_all_tags( ob_get_clean() );

$comments = array();
foreach ( $wpdb->get_results( "SELECT c.comment_ID, c.comment_content, p.comment_content AS answered FROM $wpdb->comments c LEFT JOIN $wpdb->comments p ON p.comment_ID = c.comment_parent" ) as $row ) {
	$comments[ $row->comment_content ] = (string) $row->answered;
}
echo wp_json_encode(
	array(
		'said'     => $said,
		'posts'    => $wpdb->get_col( "SELECT CONCAT( post_type, ' ', post_status, ' ', post_name, ' ', post_date_gmt ) FROM $wpdb->posts WHERE post_type IN ( 'post', 'page' )" ),
		'comments' => $comments,
		'terms'    => $wpdb->get_col( "SELECT CONCAT( taxonomy, ' ', slug ) FROM $wpdb->terms JOIN $wpdb->term_taxonomy USING ( term_id ) WHERE taxonomy IN ( 'category', 'post_tag' ) AND slug != 'uncategorized'" ),
	)
);
